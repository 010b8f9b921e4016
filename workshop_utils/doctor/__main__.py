"""``python -m workshop_utils.doctor``."""

import sys

from . import main

sys.exit(main())
