-- Which document bills the deficit of a draw: it stands in the way of undoing the document of that draw.

CREATE INDEX document_deficits_draw ON document_deficits (draw_id);
