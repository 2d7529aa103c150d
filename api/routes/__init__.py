"""Routes, a module a room: each exports its operations as data; `api.app` mounts them."""
