"""What runs on the console's Python, which has the browser's driver and the fake model API of its tests."""
