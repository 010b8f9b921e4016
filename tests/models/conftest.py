"""What the tests of the room `models` share."""

import pytest

from workshop_utils import models


@pytest.fixture(scope="session")
def backbone() -> models.Backbone:
    """The ImageNet network, loaded once. Nobody may change it."""
    return models.imagenet_backbone()
