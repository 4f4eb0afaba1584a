/* Figures open their sources: the entries of the list of facts at the end of the page, copied into a dialog. */
(function () {
  "use strict";
  var box = document.getElementById("sources-of-figure");
  if (!box || !box.showModal) return;
  var title = box.querySelector("h2"), body = box.querySelector(".body");

  function add(parent, name, text) {
    var element = document.createElement(name);
    if (text) element.textContent = text;
    parent.appendChild(element);
    return element;
  }

  function list(ids, heading, more) {
    if (!ids.length) return;
    add(body, "h3", heading);
    var holder = add(body, "ul");
    holder.className = "annex";
    ids.forEach(function (id) {
      var entry = document.getElementById("fact-" + id);
      if (!entry) return;
      var copy = entry.cloneNode(true);
      copy.removeAttribute("id");
      holder.appendChild(copy);
    });
    if (more) add(body, "p", "and " + more + " more, listed in the data file of this brief");
  }

  document.addEventListener("click", function (event) {
    var fig = event.target.closest(".fig");
    if (!fig || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    var words = function (name) { return (fig.dataset[name] || "").split(" ").filter(Boolean); };
    title.textContent = fig.dataset.text || fig.textContent;
    body.textContent = "";
    if (fig.dataset.about) add(body, "p", fig.dataset.about);
    if (fig.dataset.how) add(body, "p", fig.dataset.how);
    list(words("facts"), "Who says so", fig.dataset.more);
    list(words("rivals"), "Who says otherwise");
    if (!box.open) box.showModal();
    box.querySelector(".in").scrollTop = 0;
  });
  var opened = [];
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details:not([open])").forEach(function (d) { d.open = true; opened.push(d); });
  });
  window.addEventListener("afterprint", function () { opened.splice(0).forEach(function (d) { d.open = false; }); });
  box.addEventListener("click", function (event) { if (event.target === box) box.close(); });
})();
