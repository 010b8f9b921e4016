"""Every figure of the course: one function each, from arrays and reports to a matplotlib figure.

Each function returns a :class:`matplotlib.figure.Figure` that pyplot does not know of; :func:`show` puts it
on the page with its alt text. Pictures of ink are drawn black on white paper, between fixed limits.
"""

from .auditing import audit
from .charts import bars, distributions, lines, numbers, parity
from .evidence import confusion, intervals, repeats, scores, strips
from .flow import flow_chart, label_sources
from .learning import history, learning_curves
from .networks import network, sliding
from .page import LiveHistory, show
from .panels import learning_panels, sweeps
from .pictures import channels, closeup, histograms, overlay, pictures, zoom
from .style import COLORS

__all__ = [
    "COLORS",
    "LiveHistory",
    "audit",
    "bars",
    "channels",
    "closeup",
    "confusion",
    "distributions",
    "flow_chart",
    "histograms",
    "history",
    "intervals",
    "label_sources",
    "learning_curves",
    "learning_panels",
    "lines",
    "network",
    "numbers",
    "overlay",
    "parity",
    "pictures",
    "repeats",
    "scores",
    "show",
    "sliding",
    "strips",
    "sweeps",
    "zoom",
]
