"""The exercises' self-checks: each says "not attempted", names the mistake in a hint, or says what is right.

One module a lesson, under the names the notebooks use: ``checks.vertical_kernel(answer)``.
"""

from .networks import convolution_parameters, epoch_loss, molecules_needed
from .verdict import Verdict

__all__ = ["Verdict", "convolution_parameters", "epoch_loss", "molecules_needed"]
