"""Its being here makes the service have this part."""
