"""Inside a trained network: its kernels, its maps, what its filters prefer, and where an answer comes from.

Nothing here changes a network: hooks are removed, modes and gradients are left as they were.
"""

from workshop_utils.explanation.attribution import grad_cam, heat_share, heat_shares, near
from workshop_utils.explanation.fields import Field, receptive_field
from workshop_utils.explanation.layers import conv_filters, convolutions, feature_maps
from workshop_utils.explanation.preference import preferred_input, top_activating, top_patches

__all__ = [
    "Field",
    "conv_filters",
    "convolutions",
    "feature_maps",
    "grad_cam",
    "heat_share",
    "heat_shares",
    "near",
    "preferred_input",
    "receptive_field",
    "top_activating",
    "top_patches",
]
