"""Fullmakt for other services: event contracts and their envelope."""
