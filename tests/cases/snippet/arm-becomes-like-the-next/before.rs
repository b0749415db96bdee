pub fn brew(kind: Kind, cup: Cup) -> Result<Drink> {
    match kind {
        Kind::Green(leaves) => {
            let heat = Heat::from_degrees(70)?;
            let cup = cup.warmed(heat, leaves.weight())?;

            if cup.is_wide() {
                Ok(cup.steeped(leaves)?)
            } else {
                Ok(cup.drawn(leaves)?)
            }
        }
        #[cfg(feature = "samovar")]
        Kind::Black(leaves) => {
            let heat = Heat::from_degrees(95)?;
            let cup = cup.warmed(heat, leaves.weight())?;

            Ok(cup.drawn(leaves)?)
        }
        _ => Err(Fault::NoSuchTea),
    }
}
