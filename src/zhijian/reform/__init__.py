"""Body reform (机构改革): bodies renamed, merged, split, abolished, and everything that has to follow them."""
