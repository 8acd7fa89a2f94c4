"""Converts one model in a closed room. Started by base-ml-service; nothing here is a public interface."""
