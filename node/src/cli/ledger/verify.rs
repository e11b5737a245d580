//! `vwis-node ledger verify`

use vwis_host::exit::Exit;

use crate::{
    cli::{Context, Failure, Outcome},
    ledger::Ledger,
    people::EmployeeKey,
};

pub(super) async fn run(mut context: Context) -> Outcome {
    // Opened without the node, because a node refuses to open on the broken chain that this command looks
    // for.
    let config = crate::config::Config::read(&context.config_path)?;
    let store = crate::store::Store::open(&config.dir, config.witness_file()).await?;
    let (witness, proof) = (store.witness()?, store.rollback_proof()?);
    let ledger = Ledger::replay(store.ledger_entries().await?)
        .map_err(|error| Failure::new(Exit::Failed, &error))?;
    let mut sealed = 0_u64;
    for (identity, reservation) in ledger.reservations() {
        if let Some(seal) = reservation.seal {
            store.sealed_payload(identity, seal.payload_hash).await.map_err(|_| {
                let message = format!(
                    "the sealed bytes of measurement {identity} ({}, {}) are missing or changed",
                    reservation.series, reservation.period
                );
                Failure { exit: Exit::Failed, message }
            })?;
            sealed += 1;
        }
    }
    if !witness.is_some_and(|witness| witness.confirms(&ledger)) {
        let message = "the chain is whole, but the witness is missing or saw entries that the \
                       chain does not have: history was lost, and only sealed measurements are \
                       answered, until `ledger recover` ends the doubt";
        return Err(Failure::new(Exit::Failed, message));
    }
    if proof.is_some() {
        let message = "the chain is whole and its witness confirms it, but an aggregator showed this \
                       node's own signature under entries that the chain does not have: the machine was \
                       rolled back, and only sealed measurements are answered, until `ledger recover` ends \
                       the doubt";
        return Err(Failure::new(Exit::Failed, message));
    }
    // Even with a whole chain, another employee key would recognise nobody.
    let check = store.employee_key_check().await?;
    EmployeeKey::read(&config.employee_key_file(), &check)
        .map_err(|error| Failure::new(Exit::BadConfiguration, &error))?;
    context.print(format!(
        "The ledger is whole: {} entries, {sealed} sealed measurements, head {}.",
        ledger.sequence(),
        ledger.head()
    ))?;
    let here = store.agreement_hashes().await?;
    let missing = ledger.approvals().filter(|(hash, _)| !here.contains(hash));
    for (hash, approval) in missing {
        context.print(format!(
            "The text of agreement {}, {}, is missing from agreements.db: nothing is answered under it until {} \
             hands it over again.",
            hash.short(),
            approval.state().word(),
            approval.aggregator()
        ))?;
    }
    Ok(())
}
