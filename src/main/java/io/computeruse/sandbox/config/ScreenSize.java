package io.computeruse.sandbox.config;

/**
 * Size of the desktop.
 *
 * @param width pixels
 * @param height pixels
 */
public record ScreenSize(int width, int height) {}
