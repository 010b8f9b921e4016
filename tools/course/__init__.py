"""The course itself: its notebooks, pages, environments and pictures."""
