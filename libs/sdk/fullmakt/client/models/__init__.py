"""Requests and answers, a module for each service."""
