"""The words that dates are written with, for the stages that find dates and that read them."""
