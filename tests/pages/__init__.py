"""The page photographer: draws village archive pages and photographs them with exact truth."""
