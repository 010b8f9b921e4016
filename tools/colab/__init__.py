"""A test of the notebooks with the versions that Google Colab has."""
