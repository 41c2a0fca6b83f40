//! Text whose lines were broken for the wire alone (RFC 3676, `format=flowed`).

/// Joins lines that belong together; `delete_spaces` where the space at a break is no part of the text, as between Han
/// characters.
pub(super) fn unflowed(text: &str, delete_spaces: bool) -> String {
    let mut joined = String::with_capacity(text.len());
    let mut open: Option<usize> = None;
    for line in text.lines() {
        let depth = line.bytes().take_while(|byte| *byte == b'>').count();
        let mut words = &line[depth..];
        // A space in front of the line hides what would mean something there.
        words = words.strip_prefix(' ').unwrap_or(words);
        let continues = open.is_some_and(|before| before == depth);
        let is_signature = words == "-- ";
        if !continues || is_signature {
            if open.is_some() {
                joined.push('\n');
            }
            joined.push_str(&line[..depth]);
            if depth > 0 {
                joined.push(' ');
            }
        }
        let flows = words.ends_with(' ') && !is_signature;
        match flows && delete_spaces {
            true => joined.push_str(&words[..words.len() - 1]),
            false => joined.push_str(words),
        }
        if !flows {
            joined.push('\n');
        }
        open = flows.then_some(depth);
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_belong_together_are_joined() {
        let check = |text: &str, delete_spaces: bool, expected: &str| {
            assert_eq!(unflowed(text, delete_spaces), expected, "{text:?}");
        };
        check(
            "How long \ndoes it take?\nThanks",
            false,
            "How long does it take?\nThanks\n",
        );
        check("提现需要 \n多久？\n", true, "提现需要多久？\n");
        check(
            "> It \n> takes days.\nReally?\n",
            false,
            "> It takes days.\nReally?\n",
        );
        check("> It takes \nReally?\n", false, "> It takes \nReally?\n");
        check("a \n-- \nAnn\n", false, "a \n-- \nAnn\n");
        check(" From here\n", false, "From here\n");
        check("", false, "");
    }
}
