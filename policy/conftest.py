"""Stands here so that pytest finds the pack's modules, and those of the proof, from whatever
folder it starts in.
"""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent))
