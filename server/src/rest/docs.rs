//! The OpenAPI document as a page to read, at `/api/docs`: plain HTML, no script, nothing from elsewhere.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;
use sha2::{Digest, Sha256};

const STYLE: &str = "
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
body { margin: 0 auto; padding: 1rem; max-width: 60rem; overflow-wrap: anywhere }
h2 { margin-top: 3rem } h3 { margin-top: 2rem } ul { padding-left: 1.2rem }
code { font-family: ui-monospace, monospace }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 }
caption { text-align: left; font-weight: 600 }
th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid #8884 }
a { color: LinkText } a:focus-visible { outline: 2px solid }
";

/// The page, and the policy that lets a browser show it and load nothing.
pub fn page(document: &Value) -> (String, String) {
    let hash = STANDARD.encode(Sha256::digest(STYLE));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    let title = escaped(text(&document["info"], "title"));
    let mut nouns = BTreeMap::<String, Vec<Operation<'_>>>::new();
    for operation in operations(document) {
        nouns.entry(operation.noun()).or_default().push(operation);
    }
    let contents = nouns.iter().map(|(noun, all)| {
        let entries: String = all.iter().map(Operation::entry).collect();
        format!("<li><a href=\"#{noun}\">{noun}</a><ul>{entries}</ul></li>")
    });
    let sections = nouns.iter().map(|(noun, all)| {
        let operations: String = all.iter().map(Operation::section).collect();
        format!("<h2 id=\"{noun}\">{noun}</h2>{operations}")
    });
    let schemas = document["components"]["schemas"].as_object().into_iter().flatten();
    let bodies = schemas.map(|(name, schema)| {
        format!("<h3 id=\"{0}\"><code>{0}</code></h3>{1}{2}", escaped(name), about(schema), shape(schema))
    });
    let html = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}: REST</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><style>{STYLE}</style></head><body>\
         <main><h1>{title}: REST</h1>{}<p><a href=\"/api/openapi.json\">This page as OpenAPI {}</a></p>\
         <nav aria-label=\"Operations\"><ul>{}</ul></nav>{}<h2 id=\"bodies\">Bodies</h2>{}</main></body></html>",
        paragraphs(text(&document["info"], "description")),
        escaped(text(document, "openapi")),
        contents.collect::<String>(),
        sections.collect::<String>(),
        bodies.collect::<String>(),
    );
    (html, policy)
}

struct Operation<'d> {
    method: String,
    path: &'d str,
    value: &'d Value,
}

fn operations(document: &Value) -> impl Iterator<Item = Operation<'_>> {
    let paths = document["paths"].as_object().into_iter().flatten();
    paths.flat_map(|(path, item)| {
        let all = item.as_object().into_iter().flatten();
        all.map(move |(method, value)| Operation { method: method.to_uppercase(), path, value })
    })
}

impl Operation<'_> {
    /// The first part of the path below the version: what it is about. It is an anchor, too.
    fn noun(&self) -> String {
        let noun = self.path.trim_start_matches("/api/v1/").split('/').next().unwrap_or_default();
        plain(noun)
    }

    fn anchor(&self) -> String {
        plain(&format!("{}{}", self.method, self.path))
    }

    fn entry(&self) -> String {
        format!("<li><a href=\"#{}\"><code>{} {}</code></a></li>", self.anchor(), self.method, escaped(self.path))
    }

    fn section(&self) -> String {
        let rows = self.value["parameters"].as_array().into_iter().flatten().map(|parameter| {
            let place = format!(" <small>{}</small>", escaped(text(parameter, "in")));
            row(text(parameter, "name"), &place, &parameter["schema"], parameter["required"] == true, parameter)
        });
        let sent = &self.value["requestBody"]["content"]["application/json"]["schema"];
        let sent = if sent.is_null() { String::new() } else { format!("<p>Body: {}</p>", kind(sent)) };
        let answers = self.value["responses"].as_object().into_iter().flatten().map(|(status, answer)| {
            let schemas = answer["content"].as_object().into_iter().flatten();
            let kinds: Vec<String> = schemas
                .map(|(media, content)| format!("{} <small>{}</small>", kind(&content["schema"]), escaped(media)))
                .collect();
            format!("<li><code>{}</code>: {}</li>", escaped(status), kinds.join(" or "))
        });
        format!(
            "<h3 id=\"{}\"><code>{} {}</code></h3>{}{}{}{}<p>Answers:</p><ul>{}</ul>",
            self.anchor(),
            self.method,
            escaped(self.path),
            paragraphs(text(self.value, "summary")),
            about(self.value),
            table("Parameters", rows),
            sent,
            answers.collect::<String>(),
        )
    }
}

/// As a name that an address can carry.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect()
}

fn table(caption: &str, rows: impl Iterator<Item = String>) -> String {
    let rows: String = rows.collect();
    if rows.is_empty() {
        return rows;
    }
    format!(
        "<table><caption>{caption}</caption><thead><tr><th scope=\"col\">Name</th><th scope=\"col\">Type</th>\
         <th scope=\"col\">Meaning</th></tr></thead><tbody>{rows}</tbody></table>"
    )
}

fn row(name: &str, place: &str, schema: &Value, required: bool, described: &Value) -> String {
    let needed = if required { "" } else { " <small>optional</small>" };
    format!(
        "<tr><th scope=\"row\"><code>{}</code>{place}</th><td>{}{needed}</td><td>{}</td></tr>",
        escaped(name),
        kind(schema),
        words(text(described, "description")),
    )
}

/// The variants that a schema is made of, if it is made of any.
fn variants(schema: &Value) -> Option<&Vec<Value>> {
    ["oneOf", "anyOf", "allOf"].into_iter().find_map(|choice| schema[choice].as_array())
}

/// A type in a few words, with a link to where it is described.
fn kind(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|name| name.rsplit('/').next()) {
        return format!("<a href=\"#{0}\"><code>{0}</code></a>", escaped(name));
    }
    if let Some(variants) = variants(schema) {
        return variants.iter().map(kind).collect::<Vec<_>>().join(" or ");
    }
    let names: Vec<&str> = match &schema["type"] {
        Value::String(name) => vec![name],
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        _ => vec!["anything"],
    };
    let in_words = |name: &str| match (name, schema["format"].as_str()) {
        ("array", _) => format!("list of {}", kind(&schema["items"])),
        ("null", _) => "null".to_owned(),
        (_, Some(format)) => format!("{} <small>{}</small>", escaped(name), escaped(format)),
        _ => escaped(name),
    };
    names.into_iter().map(in_words).collect::<Vec<_>>().join(" or ")
}

/// The fields of a body, or the variants that it may be.
fn shape(schema: &Value) -> String {
    if let Some(variants) = variants(schema) {
        let variants =
            variants.iter().map(|schema| format!("<li>{}{}{}</li>", kind(schema), about(schema), shape(schema)));
        return format!("<ul>{}</ul>", variants.collect::<String>());
    }
    let required = |name: &str| schema["required"].as_array().is_some_and(|names| names.iter().any(|n| n == name));
    let fields = schema["properties"].as_object().into_iter().flatten();
    table("Fields", fields.map(|(name, field)| row(name, "", field, required(name), field)))
}

fn about(described: &Value) -> String {
    paragraphs(text(described, "description"))
}

fn paragraphs(text: &str) -> String {
    text.split("\n\n").filter(|part| !part.trim().is_empty()).map(|part| format!("<p>{}</p>", words(part))).collect()
}

/// A text whose words in backticks are names.
fn words(text: &str) -> String {
    let parts = text.split('`').enumerate();
    let part = |(place, part): (usize, &str)| match place % 2 {
        0 => escaped(part),
        _ => format!("<code>{}</code>", escaped(part)),
    };
    parts.map(part).collect()
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_document_says_is_text_and_never_markup() {
        let evil = "<script>alert(\"1\")</script>";
        let document = json!({
            "info": {"title": evil, "description": evil},
            "paths": {"/api/v1/x\"><b>": {"get": {"summary": evil, "parameters": [{"name": evil, "in": evil, "schema": {"type": evil}}],
                "responses": {"200": {"content": {"a/<b>": {"schema": {"$ref": "#/components/schemas/<b>"}}}}}}}},
            "components": {"schemas": {"<b>": {"type": "object", "properties": {"<i>": {"type": ["string", "null"]}}}}},
        });
        let (html, policy) = page(&document);
        for markup in ["<script", "<b>", "<i>", "x\""] {
            assert!(!html.contains(markup), "{markup}: {html}");
        }
        assert!(html.contains("&lt;script&gt;") && html.contains("string or null"));
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"));
    }
}
