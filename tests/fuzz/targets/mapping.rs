#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| vwis_fuzz::feed("mapping", bytes));
