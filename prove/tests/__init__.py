"""Tests of the proof, over worlds that are built through an AWS API."""
