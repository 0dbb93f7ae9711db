//! What crosses the network, as others have kept it.

mod stored_answers;
