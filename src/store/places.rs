//! Numbered places for several rows in one statement.

/// Writes the places of several rows: `_` in the pattern becomes the next number after the `shared` ones, which every
/// row may name itself.
pub(in crate::store) fn places(
    rows: usize,
    columns: usize,
    shared: usize,
    pattern: &str,
) -> String {
    let row = |row: usize| {
        let mut number = shared + row * columns;
        let mut written = String::with_capacity(pattern.len() + 4 * columns);
        for character in pattern.chars() {
            match character {
                '_' => {
                    number += 1;
                    written.push('$');
                    written.push_str(&number.to_string());
                }
                other => written.push(other),
            }
        }
        written
    };
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_numbered_through_all_rows() {
        assert_eq!(places(2, 2, 1, "($1, _, _)"), "($1, $2, $3), ($1, $4, $5)");
        assert_eq!(places(1, 1, 0, "(_)"), "($1)");
        assert_eq!(places(0, 3, 0, "(_, _, _)"), "");
    }
}
