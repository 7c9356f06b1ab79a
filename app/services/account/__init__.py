"""How a person proves who they are: common passwords, second factors, identities at a provider elsewhere."""
