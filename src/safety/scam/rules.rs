//! Which signs together mean what.

use super::kind::ScamKind;
use super::signs::Sign::{self, *};

/// Holds where a sign of every group stands in one sentence, near the first, and none that it excludes does.
pub(super) struct Rule {
    pub(super) kind: ScamKind,
    pub(super) needs: &'static [&'static [Sign]],
    /// Most glyphs between the sign of the first group and each other.
    pub(super) within: usize,
    pub(super) unless: &'static [Sign],
}

const fn rule(
    kind: ScamKind,
    needs: &'static [&'static [Sign]],
    within: usize,
    unless: &'static [Sign],
) -> Rule {
    Rule {
        kind,
        needs,
        within,
        unless,
    }
}

pub(super) const RULES: &[Rule] = &[
    // Harm done.
    rule(ScamKind::Deceived, &[&[Victim]], 0, &[Prevention, Howto]),
    rule(
        ScamKind::Deceived,
        &[&[Stolen]],
        0,
        &[Prevention, Howto, Elsewhere, Own],
    ),
    rule(
        ScamKind::Deceived,
        &[&[NotMine], &[Money, AccountWord]],
        40,
        &[Prevention, Howto],
    ),
    rule(
        ScamKind::Deceived,
        &[&[Gave], &[Code, Password, Seed, Money], &[Fake, Stranger]],
        50,
        &[Prevention, Howto],
    ),
    rule(
        ScamKind::Deceived,
        &[&[Gave], &[Fake]],
        40,
        &[Prevention, Howto],
    ),
    rule(
        ScamKind::Deceived,
        &[&[GaveAway], &[Code, Password, Seed]],
        40,
        &[Prevention, Howto],
    ),
    rule(
        ScamKind::Deceived,
        &[&[Gone], &[Money]],
        40,
        &[Prevention, Howto, Own],
    ),
    // What is asked for.
    rule(
        ScamKind::AskedForSeed,
        &[&[Seed], &[Ask, Demand]],
        50,
        &[Howto, Ever, Prevention],
    ),
    rule(
        ScamKind::AskedForCode,
        &[&[Code], &[Ask, Demand], &[Stranger, Call, Handover]],
        60,
        &[Howto, Ever, Machine, NotArrived, Prevention],
    ),
    rule(
        ScamKind::AskedForPassword,
        &[&[Password], &[Ask, Demand], &[Stranger, Call, Handover]],
        60,
        &[Howto, Ever, Machine, Change, Prevention],
    ),
    rule(
        ScamKind::AskedForCode,
        &[&[Code], &[Stranger], &[Handover]],
        40,
        &[Howto, Ever, Machine, NotArrived, Prevention, Resend],
    ),
    rule(
        ScamKind::AskedForPassword,
        &[&[Password], &[Stranger], &[Handover]],
        40,
        &[Howto, Ever, Machine, Prevention, Change],
    ),
    rule(
        ScamKind::RemoteAccess,
        &[&[Screen], &[Ask, Demand]],
        50,
        &[Howto, Ever],
    ),
    rule(
        ScamKind::SafeAccount,
        &[&[SafePlace], &[Ask, Demand, Move]],
        60,
        &[Howto, Ever],
    ),
    rule(
        ScamKind::AdvanceFee,
        &[&[Fee], &[Ask, Demand, MustPay], &[Release]],
        60,
        &[Howto, Ever],
    ),
    rule(
        ScamKind::AdvanceFee,
        &[&[Fee], &[Ask, Demand, MustPay], &[First], &[Stranger]],
        60,
        &[Howto, Ever],
    ),
    rule(ScamKind::AdvanceFee, &[&[BogusFee]], 0, &[Howto, Ever]),
    rule(
        ScamKind::Loan,
        &[&[LoanWord], &[Ask, Demand, LoanPush]],
        50,
        &[Howto, Ever],
    ),
    rule(
        ScamKind::UnofficialChannel,
        &[&[Messenger], &[Contact]],
        60,
        &[Howto, Ever],
    ),
    rule(
        ScamKind::UnofficialChannel,
        &[&[Messenger], &[Stranger], &[Doubt]],
        60,
        &[Howto, Ever],
    ),
    rule(ScamKind::Threat, &[&[ThreatWord]], 0, &[Howto, Ever]),
    rule(
        ScamKind::Threat,
        &[&[AccountEnd], &[Pressure], &[Ask, Demand, Stranger, Call]],
        60,
        &[Howto, Ever],
    ),
];
