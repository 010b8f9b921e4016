"""What a class needs beside the notebooks: JupyterLab, slides, a handout, a wheelhouse."""
