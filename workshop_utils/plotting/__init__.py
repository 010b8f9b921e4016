"""Every figure of the course: one function each, from arrays and reports to a matplotlib figure.

Each function returns a :class:`matplotlib.figure.Figure` that no global state knows of; :func:`show` puts
it on the page with its alt text. Pictures of ink are drawn black on white paper, between fixed limits.
"""

from .auditing import audit
from .charts import bars, distributions, lines
from .closeups import closeup
from .data import zoom
from .evidence import confusion, history, scores
from .intervals import intervals
from .layers import overlay
from .learning import learning_curves
from .page import LiveHistory, show
from .parity import parity
from .pictures import channels, histograms, pictures
from .repeats import repeats
from .strips import strips
from .style import COLOURS
from .tables import numbers

__all__ = [
    "COLOURS",
    "LiveHistory",
    "audit",
    "bars",
    "channels",
    "closeup",
    "confusion",
    "distributions",
    "histograms",
    "history",
    "intervals",
    "learning_curves",
    "lines",
    "numbers",
    "overlay",
    "parity",
    "pictures",
    "repeats",
    "scores",
    "show",
    "strips",
    "zoom",
]
