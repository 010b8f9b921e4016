from . import augmentation as augmentation
from . import checks as checks
from . import datasets as datasets
from . import demos as demos
from . import depiction as depiction
from . import doctor as doctor
from . import evaluation as evaluation
from . import explanation as explanation
from . import filters as filters
from . import measurement as measurement
from . import models as models
from . import molecules as molecules
from . import pictures as pictures
from . import plotting as plotting
from . import splits as splits
from . import synthetic as synthetic
from . import training as training

__version__: str
