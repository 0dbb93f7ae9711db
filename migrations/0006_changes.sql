-- Changing contracts: those of a type in the order of their numbers, to apply the type to them.
CREATE INDEX contracts_type_number ON contracts (type_id, number_folded);
