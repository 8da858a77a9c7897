"""MCP: the sources and the assistant as tools, resources and a prompt for programs that speak the protocol."""
