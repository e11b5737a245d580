//! Doubt in the ledger's history.

/// Why only sealed measurements are answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Doubt {
    /// The witness is missing, unreadable or ahead of the chain.
    #[error(
        "the node's history is in doubt (its witness does not confirm it): sealed measurements \
         only, until a person at the organisation recovers the ledger"
    )]
    Witness,
    /// An aggregator showed this node's own signature under a history that the node does not have.
    #[error(
        "the node was shown its own signature under a history that it does not have: sealed measurements \
         only, until a person at the organisation recovers the ledger"
    )]
    RolledBack,
    /// The receipt key is not the one that the chain names.
    #[error(
        "the node's receipt key is not the one in its ledger: sealed measurements only, until a \
         person at the organisation recovers the ledger"
    )]
    ReceiptKey,
    /// The history was recovered after that period, and the measurement may have been drawn in the lost part.
    #[error(
        "the node's history was recovered after that period, and this may have been measured in the \
         part that was lost: only a person at the organisation can order it anew"
    )]
    Lost,
    /// The aggregator's receipt names an entry that the chain does not have.
    #[error(
        "your receipt speaks of a history that this node does not have: sealed measurements only, \
         until a person at the organisation recovers the ledger"
    )]
    ReceiptUnknown,
    /// The aggregator sent no receipt, although it must have one.
    #[error(
        "a new measurement needs the last receipt you hold of this node: sealed ones only without"
    )]
    ReceiptRequired,
}
