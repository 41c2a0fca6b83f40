//! Centuries and decades, which languages count differently: 20世紀 are the 1900s, 20世纪90年代 the 1990s.

/// Returns the years that a number means where it counts centuries or decades; `None` for every other number.
pub(super) fn years(text: &[char], end: usize, value: f64) -> Option<Vec<f64>> {
    let rest: String = text.get(end..)?.iter().take(12).collect();
    let rest = rest.trim_start();
    let is_whole = value.fract() == 0.0 && (1.0..100.0).contains(&value);
    if !is_whole {
        return None;
    }
    if ["年代", "년대"].iter().any(|one| rest.starts_with(one)) {
        return Some(vec![value, 1900.0 + value]);
    }
    let centuries = ["世纪", "世紀", "세기"];
    let behind = centuries.iter().find_map(|one| rest.strip_prefix(one))?;
    let first = (value - 1.0) * 100.0;
    let mut years = vec![value, first];
    let behind = behind.trim_start().trim_start_matches('の');
    let digits: String = behind.chars().take_while(char::is_ascii_digit).collect();
    let is_decade = ["年代", "년대"]
        .iter()
        .any(|one| behind[digits.len()..].trim_start().starts_with(one));
    if let (true, Ok(decade)) = (is_decade, digits.parse::<f64>()) {
        years.push(first + decade);
    }
    Some(years)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_of_centuries_and_decades_are_known() {
        let check = |text: &str, expected: Option<&[f64]>| {
            let all: Vec<char> = text.chars().collect();
            let end = all.iter().take_while(|one| one.is_ascii_digit()).count();
            let value: String = all[..end].iter().collect();
            let found = years(&all, end, value.parse().unwrap());
            assert_eq!(found.as_deref(), expected, "{text}");
        };
        check("20 世纪还是", Some(&[20.0, 1900.0]));
        check("20世纪90年代", Some(&[20.0, 1900.0, 1990.0]));
        check("21世紀の10年代", Some(&[21.0, 2000.0, 2010.0]));
        check("21세기", Some(&[21.0, 2000.0]));
        check("90년대", Some(&[90.0, 1990.0]));
        check("90年", None);
        check("1990年代", None);
    }
}
