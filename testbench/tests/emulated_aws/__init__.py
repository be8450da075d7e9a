"""The emulated AWS over the wire: what it answers, what it refuses, and what it needs of moto."""
