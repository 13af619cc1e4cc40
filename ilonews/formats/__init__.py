"""How days and times are written where Django writes them by itself: as on the public pages."""
