//! Takes out of Swagger UI's archive what `/docs` serves.

use std::error::Error;
use std::fs;
use std::io::{Cursor, Read};
use std::path::Path;

use utoipa_swagger_ui_vendored::SWAGGER_UI_VENDORED;
use zip::ZipArchive;

/// The files, below the archive's one directory.
const SERVED: [&str; 4] = [
    "dist/favicon-32x32.png",
    "dist/swagger-ui-bundle.js",
    "dist/swagger-ui.css",
    "LICENSE",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let out = std::env::var("OUT_DIR")?;
    let mut archive = ZipArchive::new(Cursor::new(SWAGGER_UI_VENDORED))?;
    let home = archive.by_index(0)?.name()?.into_owned();
    for name in SERVED {
        let mut bytes = Vec::new();
        archive
            .by_name(&format!("{home}{name}"))?
            .read_to_end(&mut bytes)?;
        let file = Path::new(name).file_name().ok_or("each of them has a name")?;
        fs::write(Path::new(&out).join(file), bytes)?;
    }
    Ok(())
}
