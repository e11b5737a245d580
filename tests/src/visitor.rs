//! Somebody with a browser: keeps cookies for each server, and goes where redirects lead.

use std::collections::BTreeMap;

use reqwest::{Client, Method, Url, header, redirect::Policy};

/// Most redirects of one walk: a sign-in has some eight.
const MOST_STEPS: usize = 16;

/// A browser with its cookies, by server: host and port, so that servers of one machine are apart.
#[derive(Clone, Debug)]
pub struct Visitor {
    client: Client,
    cookies: BTreeMap<String, BTreeMap<String, String>>,
}

/// A page, or a redirect to one.
#[derive(Debug)]
pub struct Page {
    /// Where it is.
    pub url: Url,
    /// HTTP status.
    pub status: u16,
    /// Its headers.
    pub headers: header::HeaderMap,
    /// What it says.
    pub text: String,
}

// === impl Visitor ===

impl Default for Visitor {
    fn default() -> Self {
        let client = Client::builder().redirect(Policy::none()).build();
        Self {
            client: client.unwrap(),
            cookies: BTreeMap::new(),
        }
    }
}

impl Visitor {
    /// One request, no redirect followed.
    ///
    /// # Panics
    /// Where nothing answers.
    pub async fn get(&mut self, url: &str) -> Page {
        self.send(Method::GET, url, &[], String::new()).await
    }

    /// Sends a form with these headers.
    ///
    /// # Panics
    /// Where nothing answers.
    pub async fn post(&mut self, url: &str, headers: &[(&str, &str)], form: &str) -> Page {
        self.send(Method::POST, url, headers, form.to_owned()).await
    }

    /// Goes to `url` and where it leads, until a page, or a redirect to an address that holds `until`.
    ///
    /// # Panics
    /// Where it leads on and on.
    pub async fn walk(&mut self, url: &str, until: &str) -> Page {
        let mut page = self.get(url).await;
        for _ in 0..MOST_STEPS {
            match page.leads_to() {
                Some(next) if !next.as_str().contains(until) => {
                    page = self.get(next.as_str()).await;
                }
                _ => return page,
            }
        }
        panic!("it leads on and on: {page:?}")
    }

    /// Signs in as `who`, from the page at `url` on, up to the way back from the provider: where it
    /// leads.
    ///
    /// # Panics
    /// Where the provider does not lead back.
    pub async fn until_back(&mut self, url: &str, who: &str) -> Url {
        let page = self.walk(url, "/interaction/").await;
        let mut sign_in = page.leads_to().unwrap_or_else(|| panic!("{page:?}"));
        sign_in.set_query(Some(&format!("as={who}")));
        let back = self.walk(sign_in.as_str(), "/signed-in").await;
        back.leads_to().unwrap_or_else(|| panic!("{back:?}"))
    }

    /// Signs in as `who`, from the page at `url` on, to the page it ends at.
    ///
    /// # Panics
    /// Where the provider does not lead back.
    pub async fn sign_in(&mut self, url: &str, who: &str) -> Page {
        let back = self.until_back(url, who).await;
        self.walk(back.as_str(), "/interaction/").await
    }

    async fn send(
        &mut self,
        method: Method,
        url: &str,
        headers: &[(&str, &str)],
        form: String,
    ) -> Page {
        let url = Url::parse(url).unwrap();
        let server = url.authority().to_owned();
        let kept = self.cookies.entry(server.clone()).or_default();
        let pairs = kept.iter().map(|(name, value)| format!("{name}={value}"));
        let cookie = pairs.collect::<Vec<_>>().join("; ");
        let mut request = self.client.request(method, url.clone());
        if !cookie.is_empty() {
            request = request.header(header::COOKIE, cookie);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if !form.is_empty() {
            let form_type = "application/x-www-form-urlencoded";
            request = request.header(header::CONTENT_TYPE, form_type).body(form);
        }
        let answer = request.send().await.unwrap();
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        for set in headers.get_all(header::SET_COOKIE) {
            self.keep(&server, set.to_str().unwrap());
        }
        Page {
            url,
            status,
            headers,
            text: answer.text().await.unwrap(),
        }
    }

    fn keep(&mut self, server: &str, set: &str) {
        let pair = set.split(';').next().unwrap_or_default();
        let (name, value) = pair.split_once('=').unwrap();
        let kept = self.cookies.entry(server.to_owned()).or_default();
        if value.is_empty() {
            kept.remove(name);
        } else {
            kept.insert(name.to_owned(), value.to_owned());
        }
    }
}

// === impl Page ===

impl Page {
    /// Where it redirects to.
    ///
    /// # Panics
    /// Where that is no address.
    #[must_use]
    pub fn leads_to(&self) -> Option<Url> {
        let location = self.headers.get(header::LOCATION)?;
        Some(self.url.join(location.to_str().unwrap()).unwrap())
    }

    /// Itself, once it is sure that it says so.
    ///
    /// # Panics
    /// Where it is another.
    #[expect(
        clippy::must_use_candidate,
        clippy::return_self_not_must_use,
        reason = "often nothing more is asked of it than to be so"
    )]
    #[track_caller]
    pub fn says(self, status: u16, words: &str) -> Self {
        assert_eq!(self.status, status, "{self:?}");
        assert!(self.text.contains(words), "no `{words}`: {self:?}");
        self
    }

    /// The cookies that it sets, whole.
    ///
    /// # Panics
    /// Where they are no text.
    #[must_use]
    pub fn sets(&self) -> Vec<&str> {
        let set = self.headers.get_all(header::SET_COOKIE).iter();
        set.map(|set| set.to_str().unwrap()).collect()
    }
}
