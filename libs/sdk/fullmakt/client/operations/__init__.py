"""Operations, a module for each service."""
