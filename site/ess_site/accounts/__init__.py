"""How people join: by invitation, by approval or freely, and how they change their address."""
