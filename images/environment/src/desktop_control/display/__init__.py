"""The X display: taking its picture, knowing when it has settled, moving its pointer and pressing its
keys."""
