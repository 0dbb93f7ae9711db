//! Files that somebody chooses, read in the browser.

use leptos::{prelude::*, wasm_bindgen::JsCast};

/// Reads the file that was chosen in a field for files and hands its bytes over; nothing when the choice was taken back.
pub fn read_file(event: &leptos::ev::Event, done: Callback<Vec<u8>>) {
    use leptos::wasm_bindgen::{JsValue, closure::Closure};
    use web_sys::js_sys::{Function, Promise, Reflect, Uint8Array};
    let read = || -> Result<Promise, JsValue> {
        let input: JsValue = event.target().ok_or(JsValue::NULL)?.into();
        let files = Reflect::get(&input, &"files".into())?;
        let file = Reflect::get(&files, &JsValue::from(0))?;
        let bytes: Function = Reflect::get(&file, &"arrayBuffer".into())?.dyn_into()?;
        bytes.call0(&file)?.dyn_into()
    };
    let Ok(promise) = read() else { return };
    let heard = Closure::once(move |buffer: JsValue| {
        done.run(Uint8Array::new(&buffer).to_vec());
    });
    let _ = promise.then(&heard);
    heard.forget();
}
