"""Everything that leaves geoprio: frames come in, maps and files go out."""
