"""Impostors (仿冒、山寨账号): names that look like an official one, reports, and the case of each until it is gone."""
