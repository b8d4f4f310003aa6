"""Races between the engines of corridor_sim and models written by hand for the same corridors; for people, not CI."""
