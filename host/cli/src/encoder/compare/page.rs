//! The page: one HTML file that needs no other, shows the same without a network, and runs no script but its own.
//!
//! All of it is drawn here. The script only moves the slider between two pictures; without it they stand side by side.

mod html;
mod plot;

use std::fmt::Write as _;

use anyhow::Result;

use self::{
    html::{escape, png, source},
    plot::{Measure, Point},
};
use super::{
    pictures::Picture,
    report::{Report, bytes, lines, mebibytes, milliseconds, percent, points, signed},
    row::{Made, Row},
    summary,
};

const STYLE: &str = include_str!("page/page.css");
const SCRIPT: &str = include_str!("page/page.js");

/// Rows of the table of all images, at most: the data that the page has in it are of all.
const ROWS: usize = 500;

pub(super) fn page(report: &Report, pictures: &[Picture]) -> Result<String> {
    let title = escape(&title(report));
    // No more than what is on the page can be loaded or run, whatever a name has in it.
    let policy = format!(
        "default-src 'none'; img-src data:; style-src {}; script-src {}; base-uri 'none'; form-action 'none'",
        source(STYLE),
        source(SCRIPT)
    );
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n<title>{title}</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n<header>\n<h1>{title}</h1>\n<p>{}: {}</p>\n</header>\n<main>\n",
        escape(&report.images),
        escape(&report.counts())
    );
    page.push_str(&sides(report));
    page.push_str(&tiles(report));
    page.push_str(&table(report));
    page.push_str(&plots(report));
    page.push_str(&failures(report));
    page.push_str(&worst(pictures));
    page.push_str(&all(report));
    let _ = write!(
        page,
        "</main>\n<script type=\"application/json\" \
         id=\"data\">\n{}</script>\n<script>{SCRIPT}</script>\n</body>\n</html>\n",
        report.json()?
    );
    Ok(page)
}

fn title(Report { old, new, .. }: &Report) -> String {
    if old.digest == new.digest {
        return format!("{} {} with two settings", old.name, old.version);
    }
    format!("{} {} and {} {} compared", old.name, old.version, new.name, new.version)
}

fn sides(report: &Report) -> String {
    let mut html = "<section class=\"sides\">\n".to_owned();
    for (class, about) in [("old", &report.old), ("new", &report.new)] {
        let _ = writeln!(
            html,
            "<div class=\"{class}\"><h2>{class}: {} {}</h2><p>{}</p><p class=\"small\">{}<br>sha256:{}</p></div>",
            escape(&about.name),
            escape(&about.version),
            escape(&about.asked()),
            escape(&about.component),
            about.digest
        );
    }
    html + "</section>\n"
}

/// What is asked first.
fn tiles(report: &Report) -> String {
    let summary = &report.summary;
    let median = |spread: Option<summary::Spread>, text: fn(f64) -> String| {
        spread.map_or("none".to_owned(), |spread| text(spread.median))
    };
    #[expect(clippy::cast_precision_loss, reason = "for people: sizes beyond 2^53 bytes do not occur")]
    let change = (summary.old.bytes > 0).then(|| percent(summary.new.bytes as f64 / summary.old.bytes as f64));
    let failures = format!("{} \u{2192} {}", summary.failed_old_only, summary.failed_new_only);
    let tiles = [
        ("bytes", change.unwrap_or("none".to_owned())),
        ("score, median", median(summary.score_difference, signed)),
        ("score, worst", summary.score_difference.map_or("none".to_owned(), |spread| signed(spread.least))),
        ("time, median", median(summary.time_ratio, percent)),
        ("failures of one side", failures),
    ];
    let mut html = "<section class=\"tiles\">\n".to_owned();
    for (name, value) in tiles {
        let _ = writeln!(html, "<div><b>{value}</b><span>{name}</span></div>");
    }
    html + "</section>\n"
}

fn table(report: &Report) -> String {
    let mut html = "<section><h2>All images together</h2>\n<div class=\"wide\"><table>\n<thead><tr><th></th>\
                    <th>old</th><th>new</th><th>change: median (p5 to p95)</th></tr></thead>\n<tbody>\n"
        .to_owned();
    // Which encoders they are is at the top already.
    for [name, old, new, change] in lines(report).into_iter().skip(1) {
        let class = if name.starts_with(' ') { " class=\"part\"" } else { "" };
        let cells = [old, new, change].map(|cell| format!("<td>{}</td>", escape(&cell))).concat();
        let _ = writeln!(html, "<tr><th{class}>{}</th>{cells}</tr>", escape(name.trim()));
    }
    html + "</tbody></table></div>\n<p class=\"small\">Scores are SSIMULACRA2 against the source: 100 is the same, \
            at 90 no difference is seen, 70 is high quality. Sizes, times, memory and scores are of images that both sides made.</p></section>\n"
}

fn plots(report: &Report) -> String {
    let rows = &report.rows;
    let of = |value: fn(&Row) -> Option<f64>| rows.iter().filter_map(value).collect::<Vec<_>>();
    #[expect(clippy::cast_precision_loss, reason = "for people: sizes beyond 2^53 bytes do not occur")]
    let point = |row: &Row, made: &Made| {
        let size = made.bytes.max(1) as f64 / row.bytes.max(1) as f64;
        made.score.map(|score| Point { size, score })
    };
    let pairs: Vec<_> = rows
        .iter()
        .filter_map(|row| {
            let (old, new) = row.both()?;
            Some((row.file.clone(), point(row, old)?, point(row, new)?))
        })
        .collect();
    let legend = "<span class=\"key old\">old</span> <span class=\"key new\">new</span>";
    let change = "<span class=\"key better\">better</span> <span class=\"key worse\">worse</span>";
    let drawn = if pairs.len() > plot::POINTS {
        format!(", {} images of {}", plot::POINTS, pairs.len())
    } else {
        String::new()
    };
    let plots = [
        (format!("Size {change}"), plot::histogram("Size", "new to old", &of(Row::size_ratio), Measure::Ratio)),
        (
            format!("Score {change}"),
            plot::histogram("Score", "new less old", &of(Row::score_difference), Measure::Gain),
        ),
        (format!("Time {change}"), plot::histogram("Time", "new to old", &of(Row::time_ratio), Measure::Ratio)),
        (format!("Size against score{drawn} {legend}"), plot::scatter(&pairs)),
    ];
    let mut html = "<section><h2>Distributions</h2>\n<div class=\"plots\">\n".to_owned();
    for (caption, svg) in plots {
        let _ = writeln!(html, "<figure><figcaption>{caption}</figcaption>{svg}</figure>");
    }
    html + "</div></section>\n"
}

fn failures(report: &Report) -> String {
    // What only one side refuses comes first: it is what changes.
    let mut failed: Vec<_> = report.rows.iter().filter(|row| row.both().is_none()).collect();
    failed.sort_by_key(|row| (row.new.made().is_some(), row.old.made().is_none()));
    if failed.is_empty() {
        return String::new();
    }
    let mut html = format!(
        "<section><h2>Failures</h2>\n{}<div class=\"wide\"><table>\n<thead><tr><th>image</th><th \
         class=\"text\">old</th><th class=\"text\">new</th></tr></thead>\n<tbody>\n",
        more(failed.len())
    );
    for row in failed.into_iter().take(ROWS) {
        let cell = |error: Option<&str>| {
            error.map_or("<td class=\"text\">made</td>".to_owned(), |error| {
                format!("<td class=\"text worse\">{}</td>", escape(error))
            })
        };
        let _ =
            writeln!(html, "<tr><th>{}</th>{}{}</tr>", escape(&row.file), cell(row.old.error()), cell(row.new.error()));
    }
    html + "</tbody></table></div></section>\n"
}

fn worst(pictures: &[Picture]) -> String {
    if pictures.is_empty() {
        return String::new();
    }
    let mut html = "<section><h2>The worst</h2>\n<p class=\"small\">Those whose score falls most and those whose \
                    size grows most or shrinks least, in turn; of large images, the piece where the new one differs most from its \
                    source, in its own pixels.</p>\n"
        .to_owned();
    for (number, picture) in pictures.iter().enumerate() {
        html.push_str(&card(number, picture));
    }
    html + "</section>\n"
}

fn card(number: usize, picture: &Picture) -> String {
    let row = picture.row;
    let name = escape(&row.file);
    let told = |made: Option<&Made>| {
        made.map_or("failed".to_owned(), |made| {
            let score = made.score.map_or("no score".to_owned(), |score| format!("score {}", points(score)));
            format!("{}, {score}, {}", bytes(made.bytes), milliseconds(made.milliseconds))
        })
    };
    let change = [
        row.size_ratio().map(|ratio| format!("size {}", percent(ratio))),
        row.score_difference().map(|by| format!("score {}", signed(by))),
    ];
    let change = change.into_iter().flatten().collect::<Vec<_>>().join(", ");
    let mut html = format!("<article>\n<h3>{name}</h3>\n<p>{}</p>\n", escape(&change));
    let pieces = match &picture.pieces {
        Ok(pieces) => pieces,
        Err(error) => return html + &format!("<p class=\"worse\">no picture: {}</p>\n</article>\n", escape(error)),
    };
    if picture.is_another {
        html.push_str(
            "<p class=\"worse\">Made once more for this page, it came out different: an encoder does not \
         make the same of the same.</p>\n",
        );
    }
    let place = match (row.new.made().or(row.old.made()), pieces.place) {
        (Some(made), (left, top)) => format!("{} × {} pixels; from {left}, {top}", made.width, made.height),
        (None, _) => String::new(),
    };
    let _ = write!(
        html,
        "<div class=\"view\" data-number=\"{number}\">\n\
         <p class=\"controls\" hidden><label>left <select class=\"left\"><option value=\"old\" selected>old</option>\
         <option value=\"source\">source</option></select></label> \
         <label class=\"at\">slider <input type=\"range\" min=\"0\" max=\"100\" value=\"50\" aria-label=\"How much \
         of the left picture is seen of {name}\"></label> \
         <label>right <select class=\"right\"><option value=\"new\" selected>new</option><option \
         value=\"old\">old</option></select></label> \
         <label><input type=\"checkbox\" class=\"beside\"> side by side</label></p>\n<div class=\"pictures\">\n"
    );
    let size = bytes(row.bytes);
    let shown = [
        ("source", Some(&pieces.source), size),
        ("old", pieces.old.as_ref(), told(row.old.made())),
        ("new", pieces.new.as_ref(), told(row.new.made())),
    ];
    for (class, piece, told) in shown {
        let Some(piece) = piece else { continue };
        let _ = writeln!(
            html,
            "<figure class=\"{class}\"><img alt=\"{class}: {name}\" src=\"{}\"><figcaption><b>{class}</b> \
             {}</figcaption></figure>",
            png(piece),
            escape(&told)
        );
    }
    html + &format!("</div>\n</div>\n<p class=\"small\">{place}</p>\n</article>\n")
}

fn all(report: &Report) -> String {
    let rows = summary::by_score(&report.rows);
    let mut html = format!(
        "<section><h2>Every image, the worst score first</h2>\n{}<div class=\"wide\"><table>\n<thead><tr><th \
         rowspan=\"2\">image</th>\
         <th rowspan=\"2\">source</th><th colspan=\"3\">size</th><th colspan=\"3\">score</th><th \
         colspan=\"3\">time</th><th colspan=\"2\">peak memory</th></tr>\n<tr>{}{}</tr></thead>\n<tbody>\n",
        more(rows.len()),
        "<th>old</th><th>new</th><th>change</th>".repeat(3),
        "<th>old</th><th>new</th>"
    );
    for row in rows.into_iter().take(ROWS) {
        let Some((old, new)) = row.both() else { continue };
        let score = |made: &Made| match (made.score, &made.unscored) {
            (Some(score), _) => points(score),
            (None, why) => format!("none: {}", why.as_deref().unwrap_or("not compared")),
        };
        #[expect(clippy::cast_precision_loss, reason = "at most 4 GiB")]
        let memory = |made: &Made| mebibytes(made.peak_memory as f64);
        let cells = [
            bytes(row.bytes),
            bytes(old.bytes),
            bytes(new.bytes),
            row.size_ratio().map(percent).unwrap_or_default(),
            score(old),
            score(new),
            row.score_difference().map(signed).unwrap_or_default(),
            milliseconds(old.milliseconds),
            milliseconds(new.milliseconds),
            row.time_ratio().map(percent).unwrap_or_default(),
            memory(old),
            memory(new),
        ];
        let cells = cells.map(|cell| format!("<td>{}</td>", escape(&cell))).concat();
        let _ = writeln!(html, "<tr><th>{}</th>{cells}</tr>", escape(&row.file));
    }
    html + "</tbody></table></div></section>\n"
}

/// Where a table does not show all.
fn more(rows: usize) -> String {
    if rows > ROWS { format!("<p class=\"small\">The first {ROWS} of {rows}.</p>\n") } else { String::new() }
}
