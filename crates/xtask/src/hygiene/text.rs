//! Rules about the lines of a file.

use std::path::Path;

/// Words that leave work for later; that belongs into an issue.
const MARKERS: [&str; 3] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];

/// First components of paths that exist on the machine of one person or one runner only.
const LOCAL_ROOTS: [&str; 8] = ["builds", "farm", "home", "root", "runner", "Users", "work", "workspace"];

/// Hosts of package registries and mirrors: which one is used is the business of whoever builds.
const REGISTRY_HOSTS: [&str; 7] = [
    concat!("crates.io", "/api"),
    concat!("index.", "crates.io"),
    concat!("static.", "crates.io"),
    concat!("pypi", ".org"),
    concat!("registry.", "npmjs"),
    concat!("deb.", "debian"),
    concat!("arti", "factory"),
];

/// Markers of unfinished work.
pub(super) fn markers(path: &Path, content: &str) -> Vec<String> {
    findings(path, content, |line| {
        MARKERS.into_iter().find(|marker| words(line).any(|word| word == *marker)).map(|marker| format!("`{marker}`"))
    })
}

/// The keyword that switches the compiler's checks off, outside comments.
pub(super) fn unsafe_code(path: &Path, content: &str) -> Vec<String> {
    let keyword = concat!("un", "safe");
    findings(path, content, |line| {
        let code = line.split("//").next().unwrap_or_default();
        words(code).any(|word| word == keyword).then(|| format!("`{keyword}`"))
    })
}

/// Paths of one machine, and hosts of registries.
pub(super) fn local_paths(path: &Path, content: &str) -> Vec<String> {
    findings(path, content, |line| {
        if let Some(root) = LOCAL_ROOTS.into_iter().find(|root| names_local_path(line, root)) {
            return Some(format!("a path below `/{root}`"));
        }
        REGISTRY_HOSTS.into_iter().find(|host| line.contains(host)).map(|host| format!("registry host `{host}`"))
    })
}

/// Whether that folder stands in the line as the first of a path, and not further inside one.
fn names_local_path(line: &str, root: &str) -> bool {
    let needle = format!("/{root}/");
    line.match_indices(&needle).any(|(at, _)| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        !before.is_some_and(|char| char.is_alphanumeric() || "._-)}>]*~".contains(char))
    })
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|char: char| !(char.is_alphanumeric() || char == '_'))
}

fn findings(path: &Path, content: &str, rule: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let found = content.lines().enumerate().filter_map(|(index, line)| Some((index + 1, rule(line)?)));
    found.map(|(number, what)| format!("{}:{number}: {what}", path.display())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path() -> &'static Path {
        Path::new("a.rs")
    }

    #[test]
    fn s22_markers_of_unfinished_work_are_found_as_whole_words() {
        let text = format!("fine\n// {}: later\nlet {}_list = 1;", MARKERS[0], MARKERS[0]);
        assert_eq!(markers(path(), &text), [format!("a.rs:2: `{}`", MARKERS[0])]);
        assert_eq!(markers(path(), MARKERS[1]).len(), 1);
    }

    #[test]
    fn s24_the_keyword_is_found_in_code_and_not_in_comments_or_lint_names() {
        let keyword = concat!("un", "safe");
        let text = format!("{keyword} {{ }}\n// {keyword} is forbidden\n{keyword}_code = \"forbid\"");
        assert_eq!(unsafe_code(path(), &text), [format!("a.rs:1: `{keyword}`")]);
    }

    #[test]
    fn a_path_of_one_machine_is_found_where_it_begins() {
        for before in ["", " ", "\"", "`", "(", "=", "sqlite://"] {
            for root in LOCAL_ROOTS {
                let line = format!("{before}/{root}/main");
                assert_eq!(local_paths(path(), &line), [format!("a.rs:1: a path below `/{root}`")]);
            }
        }
        for before in ["target", "https://host.example", "{folder}", ".."] {
            let line = format!("{before}/{}/main", LOCAL_ROOTS[0]);
            assert_eq!(local_paths(path(), &line), Vec::<String>::new(), "{line}");
        }
        assert_eq!(local_paths(path(), "/homely/x"), Vec::<String>::new());
    }

    #[test]
    fn registry_hosts_are_found() {
        for host in REGISTRY_HOSTS {
            assert_eq!(local_paths(path(), &format!("https://{host}/x")), [format!("a.rs:1: registry host `{host}`")]);
        }
    }
}
